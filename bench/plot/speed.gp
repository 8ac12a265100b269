# speed.gp: time of a suffix by path of the engine and number of threads.
# Path's number, row's number in it, path, min, median, max in ns; threads, as
# the rows of a path have them, is a list of words.
set label 1 'Time of a suffix by path and threads: median of the rounds, ' \
    . 'with the shortest and the longest'
bars = words(threads)
set ylabel 'ns per suffix' textcolor rgb ink
set yrange [0:*]
set xrange [-0.6:paths - 0.4]
set xtics scale 0
set key top right
set style fill solid 1 noborder
width = 0.8 / bars
at(path, row) = path + (row - (bars - 1) / 2.0) * width
array colours = [blue, sky, green, orange, purple, red]
title_of(row) = word(threads, row + 1) . \
    (word(threads, row + 1) eq '1' ? ' thread' : ' threads')
plot for [row = 0:bars - 1] data \
        using (at($1, row)):($2 == row ? $5 : NaN):(width * 0.92) \
        with boxes linecolor rgb colours[row % 6 + 1] title title_of(row), \
    '' using (at($1, $2)):4:(0):($6 - $4) \
        with vectors nohead linecolor rgb ink notitle, \
    '' using (at($1, $2)):6:(sprintf($5 < 10 ? '%.1f' : '%.0f', $5)) \
        with labels offset 0, 0.8 textcolor rgb ink notitle, \
    '' using 1:(NaN):xticlabels(stringcolumn(3)) with points notitle
