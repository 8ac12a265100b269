cp p356.mdb vanity.mdb
VANITY_INDEX= vanity lookup --top 1 3569377
