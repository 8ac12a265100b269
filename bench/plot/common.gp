# common.gp: what all pictures share. The job before it has set type (svg or
# png), wide, high, data, note, and what the picture needs.
if (type eq 'svg') {
    set terminal svg size wide, high noenhanced rounded \
        font 'Helvetica,Arial,sans-serif,14' background '#ffffff'
} else {
    set terminal pngcairo size wide, high noenhanced rounded \
        font 'DejaVu Sans,sans,11' background '#ffffff'
}
set output 'picture'
set datafile separator tab
set datafile commentschars ''
set encoding utf8

# Colours that colour-blind people tell apart (Okabe and Ito).
blue = '#0072b2'
orange = '#e69f00'
green = '#009e73'
red = '#d55e00'
purple = '#cc79a7'
sky = '#56b4e9'
ink = '#333333'
grey = '#777777'
silver = '#bbbbbb'
pale = '#dddddd'

# The title, whose text each picture sets, and below it what was measured.
set label 1 at character 2, screen 1 offset 0, -1.5 left textcolor rgb ink
set label 2 note at character 2, screen 1 offset 0, -2.8 left \
    textcolor rgb grey
set tmargin 5
set border 3 linecolor rgb ink linewidth 1
set tics nomirror scale 0.5 textcolor rgb ink
set grid ytics linecolor rgb pale linewidth 1 dashtype solid
set key textcolor rgb ink samplen 2 spacing 1.2
