# scores.gp: distribution of the scores of an index.
# Middle of the column in nats, percent in it: rank 1, 3, 5, phrases; median1,
# median3, median5 and median_phrases are their medians.
set label 1 'Scores of the spellings of all suffixes'
set xlabel 'score in nats, better to the right' textcolor rgb ink
set xtics 2
set yrange [0:*]
set ytics format '%g %%'
set ylabel 'share in half a nat' textcolor rgb ink
set key top left reverse Left
set style fill transparent solid 0.15 noborder
set boxwidth 0.5
title_of(name, median) = sprintf('%s, median %.1f', name, median)
plot data using 1:2 with boxes linecolor rgb blue notitle, \
    '' using 1:4 with histeps linewidth 2 linecolor rgb orange \
        title title_of('fifth', median5), \
    '' using 1:3 with histeps linewidth 2 linecolor rgb green \
        title title_of('third', median3), \
    '' using 1:2 with histeps linewidth 2 linecolor rgb blue \
        title title_of('first', median1), \
    '' using 1:(phrases > 0 ? $5 : NaN) with histeps linewidth 2 \
        dashtype 2 linecolor rgb red title phrases > 0 ? title_of(sprintf( \
        'first, of %d advertised numbers', phrases), median_phrases) : ''
