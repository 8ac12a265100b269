vanity load --dry-run -i p356.mdb --price-write 1.25 \
    --price-provisioned 0.001 --price-import 0.3 --price-storage 0.5
