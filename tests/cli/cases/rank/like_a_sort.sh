# All numbers of the index, shuffled: as sorting what lookup says.
seq 3560000 3569999 | shuf --random-source=<(yes) >n.txt
vanity lookup -i p356.mdb --top 1 - <n.txt |
    awk -F "\t" -v OFS="\t" '{
        digits = gsub(/[0-9]/, "&", $2)
        over = length($2) - gsub(/-/, "&", $2) > 7
        print $3, digits, over, NR, $2, $1
    }' | sort -k1,1nr -k2,2n -k3,3n -k4,4n | cut -f 1,5,6 >expected
vanity rank -i p356.mdb n.txt | cmp - expected && wc -l <expected
