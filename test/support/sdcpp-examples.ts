/** Every "Load …" of the document's examples by model type, with the architecture that health tells. */
export const LOAD_EXAMPLES: [string, object, string][] = [
  ['SD1.5', { model_name: 'v1-5-pruned-emaonly.safetensors', model_type: 'checkpoint' }, 'SD1.5'],
  [
    'SDXL with a VAE',
    {
      model_name: 'sd_xl_base_1.0.safetensors',
      model_type: 'checkpoint',
      vae: 'sdxl_vae-fp16-fix.safetensors',
    },
    'SDXL',
  ],
  [
    'SD3.5 Large',
    {
      model_name: 'sd3.5_large.safetensors',
      model_type: 'checkpoint',
      clip_l: 'clip_l.safetensors',
      clip_g: 'clip_g.safetensors',
      t5xxl: 't5xxl_fp16.safetensors',
      options: { keep_clip_on_cpu: true },
    },
    'SD3',
  ],
  [
    'FLUX.1-dev',
    {
      model_name: 'flux1-dev-Q4_K_S.gguf',
      model_type: 'diffusion',
      vae: 'ae.safetensors',
      clip_l: 'clip_l.safetensors',
      t5xxl: 't5xxl_fp16.safetensors',
      options: { keep_clip_on_cpu: true, flash_attn: true },
    },
    'Flux',
  ],
  [
    'FLUX.1-schnell',
    {
      model_name: 'flux1-schnell-Q8_0.gguf',
      model_type: 'diffusion',
      vae: 'ae.safetensors',
      clip_l: 'clip_l.safetensors',
      t5xxl: 't5xxl_fp16.safetensors',
      options: { keep_clip_on_cpu: true },
    },
    'Flux',
  ],
  [
    'Qwen-Image',
    {
      model_name: 'qwen-image-Q8_0.gguf',
      model_type: 'diffusion',
      vae: 'qwen_image_vae.safetensors',
      llm: 'Qwen2.5-VL-7B-Instruct-Q8_0.gguf',
      options: { offload_to_cpu: true, flash_attn: true, flow_shift: 3.0 },
    },
    'Qwen',
  ],
  [
    'Z-Image Turbo',
    {
      model_name: 'z_image_turbo-Q8_0.gguf',
      model_type: 'diffusion',
      vae: 'ae_q8_0.gguf',
      llm: 'qwen_3_4b.Q8_0.gguf',
      options: { flash_attn: true, vae_conv_direct: true, weight_type: 'q5_0' },
    },
    'Z-Image',
  ],
  [
    'Wan2.1 T2V 1.3B',
    {
      model_name: 'wan2.1_t2v_1.3B_fp16.safetensors',
      model_type: 'diffusion',
      vae: 'wan_2.1_vae.safetensors',
      t5xxl: 'umt5-xxl-encoder-Q8_0.gguf',
      options: { flash_attn: true, flow_shift: 3.0 },
    },
    'Wan',
  ],
  [
    'Wan2.1 T2V 14B',
    {
      model_name: 'wan2.1-t2v-14b-Q8_0.gguf',
      model_type: 'diffusion',
      vae: 'wan_2.1_vae.safetensors',
      t5xxl: 'umt5-xxl-encoder-Q8_0.gguf',
      options: { flash_attn: true, offload_to_cpu: true, flow_shift: 3.0 },
    },
    'Wan',
  ],
  [
    'SD1.5 with ControlNet',
    {
      model_name: 'v1-5-pruned-emaonly.safetensors',
      model_type: 'checkpoint',
      controlnet: 'control_v11p_sd15_canny.safetensors',
    },
    'SD1.5',
  ],
  [
    'ControlNet without a type',
    { model_name: 'v1-5-pruned.safetensors', controlnet: 'control_v11p_sd15_canny.safetensors' },
    'SD1.5',
  ],
];

/** Every "Generate …" of the document's examples by model type: the example that loads its model, and the body. */
export const TXT2IMG_EXAMPLES: [string, string, object][] = [
  [
    'SD1.5',
    'SD1.5',
    { prompt: 'a lovely cat', width: 512, height: 512, steps: 20, cfg_scale: 7.0 },
  ],
  [
    'SDXL',
    'SDXL with a VAE',
    {
      prompt: 'a lovely cat, masterpiece, best quality',
      negative_prompt: 'low quality, worst quality',
      width: 1024,
      height: 1024,
      steps: 20,
      cfg_scale: 7.0,
    },
  ],
  [
    'SD3.5',
    'SD3.5 Large',
    {
      prompt: 'a lovely cat holding a sign says "Stable diffusion 3.5 Large"',
      width: 1024,
      height: 1024,
      steps: 20,
      cfg_scale: 4.5,
      sampler: 'euler',
    },
  ],
  [
    'Flux',
    'FLUX.1-dev',
    {
      prompt: 'a lovely cat holding a sign says "flux.cpp"',
      width: 1024,
      height: 1024,
      steps: 20,
      cfg_scale: 1.0,
      sampler: 'euler',
    },
  ],
  [
    'Flux-schnell',
    'FLUX.1-schnell',
    {
      prompt: 'a lovely cat holding a sign says "flux.cpp"',
      width: 1024,
      height: 1024,
      steps: 4,
      cfg_scale: 1.0,
      sampler: 'euler',
    },
  ],
  [
    'Qwen-Image',
    'Qwen-Image',
    {
      prompt:
        'A beautiful Chinese woman wearing a T-shirt with the QWEN logo is smiling at the camera',
      width: 1024,
      height: 1024,
      steps: 20,
      cfg_scale: 2.5,
      sampler: 'euler',
    },
  ],
  [
    'Z-Image Turbo',
    'Z-Image Turbo',
    {
      prompt:
        'A solitary 27-year-old woman sits sideways on a weathered, moss-flecked tree trunk that lies diagonally across a quiet forest clearing',
      negative_prompt: 'piercings, jewelry, tattoos',
      width: 1024,
      height: 688,
      steps: 8,
      cfg_scale: 1.0,
      sampler: 'euler',
      scheduler: 'smoothstep',
      seed: 42,
      batch_count: 4,
      easycache: true,
    },
  ],
  [
    'Z-Image with a LoRA',
    'Z-Image Turbo',
    {
      prompt:
        '<lora:zimage_amberrayne_v1:0.6>A cinematic photograph of a solitary hooded figure walking through a rain-slicked metropolis at night.',
      width: 1024,
      height: 512,
      steps: 8,
      cfg_scale: 1.0,
      sampler: 'euler',
      scheduler: 'smoothstep',
    },
  ],
  [
    'a LoRA with Flux',
    'FLUX.1-dev',
    {
      prompt: 'a lovely cat <lora:realism_lora:1.0>',
      width: 1024,
      height: 1024,
      steps: 20,
      cfg_scale: 1.0,
      sampler: 'euler',
    },
  ],
  [
    'several LoRAs',
    'SD1.5',
    {
      prompt: 'a beautiful landscape <lora:add_detail:0.8> <lora:enhance_colors:0.5>',
      width: 512,
      height: 512,
      steps: 20,
      cfg_scale: 7.0,
    },
  ],
];
