# map.gp: mean of the best scores of each ten suffixes.
# 1,000 x 1,000 floats: rows are the next three digits, columns the exchange.
# All but one in 200 means at either end lie between low and top.
set label 1 'Best spellings of all numbers: mean score of each ten suffixes'
set xlabel 'exchange (first three digits)' textcolor rgb ink
set ylabel 'next three digits' textcolor rgb ink
set xrange [-0.5:999.5]
set yrange [999.5:-0.5]
set xtics 0, 100, 900 format '%03.0f' out
set ytics 0, 100, 900 format '%03.0f' out
set size ratio 1
unset grid
unset key
set palette defined (0 '#f7fbff', 1 '#c6dbef', 2 '#6baed6', 3 '#2171b5', \
    4 '#08306b')
set cbrange [low:top]
set cblabel 'mean of the best scores in nats, dark is good' \
    textcolor rgb ink offset 1, 0
set colorbox noborder
set cbtics 1 scale 0.5
set object rectangle from graph 0, 0 to graph 1, 1 behind fillstyle solid \
    noborder fillcolor rgb '#eeeeee'
plot data binary array=(1000, 1000) format='%float32' with image
