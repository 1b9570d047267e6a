import { below, conv, listOf, norm, type Named } from './tensor-list.js';
import type { Tensors } from './weight-files.js';

/** Names and sizes as the engine wants them: src/model/vae/auto_encoder_kl.hpp. */
const WIDTHS = [128, 256, 512, 512];
const DEEPEST = WIDTHS.length - 1;
const WIDEST = 512;

function residual(name: string, inputs: number, outputs: number): Named[] {
  const shortcut = inputs === outputs ? [] : conv('nin_shortcut', inputs, outputs, 1);
  return below(name, [
    ...norm('norm1', inputs),
    ...conv('conv1', inputs, outputs),
    ...norm('norm2', outputs),
    ...conv('conv2', outputs, outputs),
    ...shortcut,
  ]);
}

function middle(): Named[] {
  const attention = ['q', 'k', 'v', 'proj_out'].flatMap((one) => conv(one, WIDEST, WIDEST, 1));
  return [
    ...residual('mid.block_1', WIDEST, WIDEST),
    ...below('mid.attn_1', [...norm('norm', WIDEST), ...attention]),
    ...residual('mid.block_2', WIDEST, WIDEST),
  ];
}

function blocks(name: string, count: number, inputs: number, outputs: number): Named[] {
  return Array.from({ length: count }, (_, at) =>
    residual(`${name}.block.${at}`, at === 0 ? inputs : outputs, outputs),
  ).flat();
}

function encoder(channels: number): Named[] {
  const levels = WIDTHS.flatMap((width, level) => [
    ...blocks(`down.${level}`, 2, WIDTHS[Math.max(0, level - 1)]!, width),
    ...(level < DEEPEST ? conv(`down.${level}.downsample.conv`, width, width) : []),
  ]);
  return [
    ...conv('conv_in', 3, WIDTHS[0]!),
    ...levels,
    ...middle(),
    ...norm('norm_out', WIDEST),
    ...conv('conv_out', WIDEST, channels * 2),
  ];
}

function decoder(channels: number): Named[] {
  const levels = WIDTHS.flatMap((width, level) => [
    ...blocks(`up.${level}`, 3, WIDTHS[Math.min(DEEPEST, level + 1)]!, width),
    ...(level > 0 ? conv(`up.${level}.upsample.conv`, width, width) : []),
  ]);
  return [
    ...conv('conv_in', channels, WIDEST),
    ...middle(),
    ...levels,
    ...norm('norm_out', WIDTHS[0]!),
    ...conv('conv_out', WIDTHS[0]!, 3),
  ];
}

/** A VAE of as many latent channels, without the two matrices at its ends: as models of 16 channels have it. */
export function vae(channels: number): Tensors {
  return listOf(below('encoder', encoder(channels)), below('decoder', decoder(channels)));
}
