import { bareConv, below, conv, linear, listOf, matrix, norm, type Named } from './tensor-list.js';
import type { Tensors } from './weight-files.js';

/** Names and sizes as the engine wants them: src/model/diffusion/unet.hpp, control.hpp, te/clip.hpp, vae/tae.hpp. */
const WIDTHS = [320, 640, 1280, 1280];
const TIME = 1280;
const TEXT = 768;
const DEEPEST = WIDTHS.length - 1;

function residual(name: string, inputs: number, outputs: number): Named[] {
  const skip = inputs === outputs ? [] : conv('skip_connection', inputs, outputs, 1);
  return below(name, [
    ...norm('in_layers.0', inputs),
    ...conv('in_layers.2', inputs, outputs),
    ...linear('emb_layers.1', TIME, outputs),
    ...norm('out_layers.0', outputs),
    ...conv('out_layers.3', outputs, outputs),
    ...skip,
  ]);
}

function attention(name: string, width: number, context: number): Named[] {
  return below(name, [
    ...matrix('to_q', width, width),
    ...matrix('to_k', context, width),
    ...matrix('to_v', context, width),
    ...linear('to_out.0', width, width),
  ]);
}

function transformer(name: string, width: number): Named[] {
  return below(name, [
    ...norm('norm', width),
    ...conv('proj_in', width, width, 1),
    ...below('transformer_blocks.0', [
      ...['norm1', 'norm2', 'norm3'].flatMap((one) => norm(one, width)),
      ...attention('attn1', width, width),
      ...attention('attn2', width, TEXT),
      ...linear('ff.net.0.proj', width, width * 8),
      ...linear('ff.net.2', width * 4, width),
    ]),
    ...conv('proj_out', width, width, 1),
  ]);
}

interface Half {
  tensors: Named[];
  /** Channels that each block gives. */
  channels: number[];
}

/** The half that goes down, which UNet and ControlNet share, and the middle. */
function downwards(): Half {
  const tensors = [
    ...linear('time_embed.0', 320, TIME),
    ...linear('time_embed.2', TIME, TIME),
    ...conv('input_blocks.0.0', 4, 320),
  ];
  const channels = [320];
  for (const [level, width] of WIDTHS.entries()) {
    for (let block = 0; block < 2; block += 1) {
      const name = `input_blocks.${channels.length}`;
      tensors.push(...residual(`${name}.0`, channels.at(-1)!, width));
      if (level < DEEPEST) tensors.push(...transformer(`${name}.1`, width));
      channels.push(width);
    }
    if (level === DEEPEST) continue;
    tensors.push(...conv(`input_blocks.${channels.length}.0.op`, width, width));
    channels.push(width);
  }
  tensors.push(
    ...residual('middle_block.0', 1280, 1280),
    ...transformer('middle_block.1', 1280),
    ...residual('middle_block.2', 1280, 1280),
  );
  return { tensors, channels };
}

function unet(): Named[] {
  const { tensors, channels } = downwards();
  let width = 1280;
  for (let block = 0; block < 12; block += 1) {
    const level = DEEPEST - Math.floor(block / 3);
    const name = `output_blocks.${block}`;
    tensors.push(...residual(`${name}.0`, width + channels.pop()!, WIDTHS[level]!));
    width = WIDTHS[level]!;
    const attends = level < DEEPEST;
    if (attends) tensors.push(...transformer(`${name}.1`, width));
    if (block % 3 === 2 && level > 0)
      tensors.push(...conv(`${name}.${attends ? 2 : 1}.conv`, width, width));
  }
  return [...tensors, ...norm('out.0', 320), ...conv('out.2', 320, 4)];
}

function textEncoder(): Named[] {
  const layers = Array.from({ length: 12 }, (_, layer) =>
    below(`encoder.layers.${layer}`, [
      ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].flatMap((one) =>
        linear(`self_attn.${one}`, TEXT, TEXT),
      ),
      ...norm('layer_norm1', TEXT),
      ...norm('layer_norm2', TEXT),
      ...linear('mlp.fc1', TEXT, 3072),
      ...linear('mlp.fc2', 3072, TEXT),
    ]),
  );
  return [
    ...matrix('embeddings.token_embedding', TEXT, 49_408),
    ...matrix('embeddings.position_embedding', TEXT, 77),
    ...layers.flat(),
    ...norm('final_layer_norm', TEXT),
  ];
}

/** A checkpoint of Stable Diffusion 1 without its VAE: 983 million weights. */
export function sd1Checkpoint(): Tensors {
  return listOf(
    below('model.diffusion_model', unet()),
    below('cond_stage_model.transformer.text_model', textEncoder()),
  );
}

/** A ControlNet for it: 361 million weights. */
export function sd1ControlNet(): Tensors {
  const { tensors, channels } = downwards();
  const hint = [3, 16, 16, 32, 32, 96, 96, 256, 320];
  return listOf(
    tensors,
    hint.slice(1).flatMap((width, at) => conv(`input_hint_block.${at * 2}`, hint[at]!, width)),
    channels.flatMap((width, at) => conv(`zero_convs.${at}.0`, width, width, 1)),
    conv('middle_block_out.0', 1280, 1280, 1),
  );
}

function tinyBlock(name: string): Named[] {
  return ['conv.0', 'conv.2', 'conv.4'].flatMap((one) => conv(`${name}.${one}`, 64, 64));
}

function blocksFrom(side: string, first: number): Named[] {
  return [0, 1, 2].flatMap((at) => tinyBlock(`${side}.layers.${first + at}`));
}

/** A small autoencoder (TAESD) of as many latent channels: 4 for Stable Diffusion 1 and 2 and SDXL. */
export function tinyAutoencoder(channels = 4): Tensors {
  return listOf(
    conv('encoder.layers.0', 3, 64),
    tinyBlock('encoder.layers.1'),
    ...[2, 6, 10].map((at) => bareConv(`encoder.layers.${at}`, 64, 64)),
    ...[3, 7, 11].map((at) => blocksFrom('encoder', at)),
    conv('encoder.layers.14', 64, channels),
    conv('decoder.layers.0', channels, 64),
    ...[2, 7, 12].map((at) => blocksFrom('decoder', at)),
    ...[6, 11, 16].map((at) => bareConv(`decoder.layers.${at}`, 64, 64)),
    tinyBlock('decoder.layers.17'),
    conv('decoder.layers.18', 64, 3),
  );
}
