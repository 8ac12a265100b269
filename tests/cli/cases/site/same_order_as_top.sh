vanity site -q -i p356.mdb site
vanity top -i p356.mdb -n 100 >top
python3 - <<"END" | diff - top
import json
for best in json.load(open("site/top/356.json"))["best"]:
    print(best["score"], best["spelling"], best["suffix"], sep="\t")
END
