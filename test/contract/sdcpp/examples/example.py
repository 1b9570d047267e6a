import requests
import time
import base64

BASE_URL = "http://localhost:8080"

# Load Flux model
resp = requests.post(f"{BASE_URL}/models/load", json={
    "model_name": "flux1-dev-Q4_K_S.gguf",
    "model_type": "diffusion",
    "vae": "ae.safetensors",
    "clip_l": "clip_l.safetensors",
    "t5xxl": "t5xxl_fp16.safetensors",
    "options": {
        "keep_clip_on_cpu": True,
        "flash_attn": True
    }
})
print(resp.json())

# Generate image
resp = requests.post(f"{BASE_URL}/txt2img", json={
    "prompt": "a cute cat wearing a hat",
    "width": 1024,
    "height": 1024,
    "steps": 20,
    "cfg_scale": 1.0,
    "sampler": "euler"
})
job = resp.json()
job_id = job["job_id"]
print(f"Job created: {job_id}")

# Poll for completion
while True:
    resp = requests.get(f"{BASE_URL}/queue/{job_id}")
    status = resp.json()
    prog = status['progress']
    print(f"Status: {status['status']}, Image {prog['current_image']}/{prog['total_images']}, "
          f"Step {prog['step']}/{prog['total_steps']}, Progress: {prog['percentage']:.1f}%")

    if status["status"] in ["completed", "failed", "cancelled"]:
        break
    time.sleep(1)

# Download result
if status["status"] == "completed":
    for output in status["outputs"]:
        img_resp = requests.get(f"{BASE_URL}/output/{output}")
        with open(output.split("/")[-1], "wb") as f:
            f.write(img_resp.content)
        print(f"Saved: {output}")
