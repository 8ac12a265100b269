vanity serve --timeout 3601
