const ws = new WebSocket('ws://localhost:8081');

ws.onmessage = (event) => {
    const msg = JSON.parse(event.data);

    switch (msg.event) {
        case 'job_progress':
            console.log(`Progress: ${msg.data.step}/${msg.data.total_steps}`);
            break;
        case 'job_preview':
            // Display preview image
            document.getElementById('preview').src = msg.data.image;
            break;
        case 'job_status_changed':
            console.log(`Job ${msg.data.job_id}: ${msg.data.status}`);
            break;
    }
};
