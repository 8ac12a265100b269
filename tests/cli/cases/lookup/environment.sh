VANITY_INDEX=p356.mdb vanity lookup --top 1 3569377
