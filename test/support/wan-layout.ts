import { bareConv, below, conv, linear, listOf, norm, type Named } from './tensor-list.js';
import type { Tensors } from './weight-files.js';

/** Names and sizes as the engine wants them: src/model/diffusion/wan.hpp, vae/tae.hpp. */
const WIDTH = 1536;
const INNER = 8960;
const LATENTS = 16;

/** By the number of its layers the engine knows the small one of the family. */
const LAYERS = 30;

function gain(name: string): Named[] {
  return [[`${name}.weight`, [WIDTH]]];
}

function attention(name: string): Named[] {
  return below(name, [
    ...['q', 'k', 'v', 'o'].flatMap((one) => linear(one, WIDTH, WIDTH)),
    ...gain('norm_q'),
    ...gain('norm_k'),
  ]);
}

function layer(number: number): Named[] {
  return below(`blocks.${number}`, [
    ['modulation', [1, 6, WIDTH]],
    ...attention('self_attn'),
    ...attention('cross_attn'),
    ...norm('norm3', WIDTH),
    ...linear('ffn.0', WIDTH, INNER),
    ...linear('ffn.2', INNER, WIDTH),
  ]);
}

/** Wan 2.1, text to video, 1.3 billion weights. */
export function wanTransformer(): Tensors {
  return listOf(
    [
      ['patch_embedding.weight', [WIDTH, LATENTS, 1, 2, 2]],
      ['patch_embedding.bias', [WIDTH]],
      ['head.modulation', [1, 2, WIDTH]],
    ],
    linear('text_embedding.0', 4096, WIDTH),
    linear('text_embedding.2', WIDTH, WIDTH),
    linear('time_embedding.0', 256, WIDTH),
    linear('time_embedding.2', WIDTH, WIDTH),
    linear('time_projection.1', WIDTH, WIDTH * 6),
    linear('head.head', WIDTH, LATENTS * 4),
    ...Array.from({ length: LAYERS }, (_, number) => layer(number)),
  );
}

function memory(name: string, width: number): Named[] {
  return below(name, [
    ...conv('conv.0', width * 2, width),
    ...conv('conv.2', width, width),
    ...conv('conv.4', width, width),
  ]);
}

function encoder(): Named[] {
  const stages = [2, 2, 1].flatMap((stride, stage) => {
    const first = 2 + stage * 5;
    return [
      ...bareConv(`${first}.conv`, 64 * stride, 64, 1),
      ...bareConv(`${first + 1}`, 64, 64),
      ...[2, 3, 4].flatMap((at) => memory(`${first + at}`, 64)),
    ];
  });
  return [...conv('0', 3, 64), ...stages, ...conv('17', 64, LATENTS)];
}

function decoder(): Named[] {
  const widths = [256, 128, 64, 64];
  const stages = [1, 2, 2].flatMap((stride, stage) => {
    const first = 3 + stage * 6;
    const width = widths[stage]!;
    return [
      ...[0, 1, 2].flatMap((at) => memory(`${first + at}`, width)),
      ...bareConv(`${first + 4}.conv`, width, width * stride, 1),
      ...bareConv(`${first + 5}`, width, widths[stage + 1]!),
    ];
  });
  return [...conv('1', LATENTS, 256), ...stages, ...conv('22', 64, 3)];
}

/** The small autoencoder for it (TAEHV). */
export function tinyVideoAutoencoder(): Tensors {
  return listOf(below('encoder', encoder()), below('decoder', decoder()));
}
