vanity help infos
