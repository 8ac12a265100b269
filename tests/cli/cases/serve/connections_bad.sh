vanity serve --max-connections many
