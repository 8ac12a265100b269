# The best of all numbers of the index, as sorting what lookup says.
seq 3560000 3569999 | vanity lookup -i p356.mdb --top 1 - |
    awk -F "\t" -v OFS="\t" \
        '{ digits = gsub(/[0-9]/, "&", $2); print $3, digits, $1, $2 }' |
    sort -k1,1nr -k2,2n -k3,3n | cut -f 1,3,4 >all
for n in 1 2 7 1000 20000; do
    head -n $n all >expected
    vanity top -i p356.mdb -n $n |
        awk -F "\t" -v OFS="\t" '{ print $1, $3, $2 }' | cmp - expected
done
