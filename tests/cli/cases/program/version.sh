vanity --version | sed "s/[0-9.]*$/N/"
vanity lookup --version | sed "s/[0-9.]*$/N/"
