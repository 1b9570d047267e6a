#!/bin/bash
# Complete workflow: load model, generate image, download result

BASE_URL="http://localhost:8080"

# 1. Load model
echo "Loading model..."
curl -s -X POST "$BASE_URL/models/load" \
  -H "Content-Type: application/json" \
  -d '{
    "model_name": "v1-5-pruned-emaonly.safetensors",
    "model_type": "checkpoint"
  }'

# 2. Submit generation job
echo -e "\n\nSubmitting job..."
RESPONSE=$(curl -s -X POST "$BASE_URL/txt2img" \
  -H "Content-Type: application/json" \
  -d '{
    "prompt": "a lovely cat sitting on a windowsill",
    "width": 512,
    "height": 512,
    "steps": 20
  }')

JOB_ID=$(echo $RESPONSE | jq -r '.job_id')
echo "Job ID: $JOB_ID"

# 3. Poll for completion
echo "Waiting for completion..."
while true; do
  STATUS=$(curl -s "$BASE_URL/queue/$JOB_ID")
  STATE=$(echo $STATUS | jq -r '.status')
  STEP=$(echo $STATUS | jq -r '.progress.step')
  TOTAL=$(echo $STATUS | jq -r '.progress.total_steps')
  CUR_IMG=$(echo $STATUS | jq -r '.progress.current_image')
  TOTAL_IMG=$(echo $STATUS | jq -r '.progress.total_images')
  PROGRESS=$(echo $STATUS | jq -r '.progress.percentage')
  echo "Status: $STATE, Image $CUR_IMG/$TOTAL_IMG, Step $STEP/$TOTAL, Progress: $PROGRESS%"

  if [ "$STATE" = "completed" ] || [ "$STATE" = "failed" ]; then
    break
  fi
  sleep 2
done

# 4. Download result
if [ "$STATE" = "completed" ]; then
  OUTPUT=$(echo $STATUS | jq -r '.outputs[0]')
  echo "Downloading: $OUTPUT"
  curl -s -O "$BASE_URL/output/$OUTPUT"
  echo "Saved: $(basename $OUTPUT)"
fi
