vanity help info | head -n 3
