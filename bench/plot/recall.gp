# recall.gp: share of phrases found by shape, a panel for each result.
# Data sets of: shape, rows, then share, low and high for 1, 3 and 5.
set label 1 'Advertised phrases among the first 1, 3 and 5 spellings, by ' \
    . 'shape, with 95 % intervals'
set multiplot layout panels, 1 margins 0.08, 0.98, 0.12 / panels, \
    1 - 0.22 / panels spacing 0.32 / panels
set yrange [0:100]
set ytics 20 format '%g %%'
set xrange [-0.6:*]
set xtics scale 0
set style fill solid 1 noborder
set key at graph 1, 1 right bottom horizontal maxrows 1
do for [i = 0:panels - 1] {
    if (i == 1) { unset label 1; unset label 2 }
    set label 3 value(sprintf('name%d', i)) at graph 0, 1 offset 0, 1 \
        left textcolor rgb ink
    plot data index i using ($0 - 0.25):(100 * $3):(0.23) \
            with boxes linecolor rgb blue title 'first', \
        '' index i using 0:(100 * $6):(0.23) \
            with boxes linecolor rgb sky title 'first 3', \
        '' index i using ($0 + 0.25):(100 * $9):(0.23) \
            with boxes linecolor rgb silver title 'first 5', \
        '' index i using ($0 - 0.25):(100 * $4):(0):(100 * ($5 - $4)) \
            with vectors nohead linecolor rgb ink notitle, \
        '' index i using 0:(100 * $7):(0):(100 * ($8 - $7)) \
            with vectors nohead linecolor rgb ink notitle, \
        '' index i using ($0 + 0.25):(100 * $10):(0):(100 * ($11 - $10)) \
            with vectors nohead linecolor rgb ink notitle, \
        '' index i using 0:(NaN): \
            xticlabels(sprintf("%s\n%d", stringcolumn(1), $2)) \
            with points notitle
}
unset multiplot
