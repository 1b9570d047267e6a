"""Does with an unmodified webuiapi what its README shows; prints what came back as JSON.

Usage: use-webuiapi.py PORT USERNAME PASSWORD
"""

import json
import sys
import threading
import time

import webuiapi
from PIL import Image

port, username, password = sys.argv[1:4]
api = webuiapi.WebUIApi(host="127.0.0.1", port=int(port), username=username, password=password)
small = {"prompt": "red apple", "seed": 7, "steps": 4, "width": 64, "height": 64}


def seen(result):
    return {"size": result.image.size, "seed": result.info["seed"], "steps": result.info["steps"]}


told = {}
api.util_set_model("sd_xl_base_1.0.safetensors")
told["model"] = api.util_get_current_model()
told["samplers"] = api.util_get_sampler_names()
told["ready"] = api.util_get_model_names() != []
drawn = api.txt2img(**small)
told["txt2img"] = seen(drawn)
told["img2img"] = seen(api.img2img(images=[drawn.image], **small))
mask = Image.new("RGB", (64, 64), "black")
mask.paste("white", (0, 0, 32, 64))
told["inpaint"] = seen(api.img2img(images=[drawn.image], mask_image=mask, **small))
told["extra"] = api.extra_single_image(drawn.image, upscaler_1="Lanczos", upscaling_resize=2).image.size
told["batch"] = [
    image.size
    for image in api.extra_batch_images([drawn.image], upscaler_1="RealESRGAN_x4plus", upscaling_resize=4).images
]
told["info"] = api.png_info(drawn.image).info

long = threading.Thread(target=lambda: told.update(long=len(api.txt2img(**{**small, "steps": 150}).images)))
long.start()
progress = []
while api.get_progress()["state"]["sampling_step"] < 3:
    time.sleep(0.02)
progress.append(api.get_progress()["progress"])
api.interrupt()
long.join()
progress.append(api.get_progress()["progress"])
told["progress"] = progress
print(json.dumps(told))
