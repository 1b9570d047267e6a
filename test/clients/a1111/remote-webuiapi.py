"""An unmodified webuiapi that does what its standard input says; tells what came back, JSON in lines.

Usage: remote-webuiapi.py PORT USERNAME PASSWORD
A line such as {"do": "draw", "with": {"prompt": "red apple"}} draws; "model" and "interrupt" do theirs.
"""

import json
import sys
import threading
import time

import webuiapi

port, username, password = sys.argv[1:4]
one_line = threading.Lock()


def connect():
    return webuiapi.WebUIApi(host="127.0.0.1", port=int(port), username=username, password=password)


def tell(**news):
    with one_line:
        print(json.dumps(news), flush=True)


def draw(options):
    result = connect().txt2img(**options)
    tell(drawn={"images": result.json["images"], "info": result.info})


def look():
    api, last = connect(), None
    while True:
        seen = api.get_progress()
        now = {"progress": seen["progress"], "state": seen["state"]}
        if now != last:
            tell(progress=now)
        last = now
        time.sleep(0.02)


api = connect()
threading.Thread(target=look, daemon=True).start()
for line in sys.stdin:
    order = json.loads(line)
    if order["do"] == "draw":
        # Another one can be told while it waits.
        threading.Thread(target=draw, args=[order["with"]], daemon=True).start()
        continue
    if order["do"] == "model":
        api.util_set_model(order["with"]["name"])
    if order["do"] == "interrupt":
        api.interrupt()
    tell(done=order["do"])
