/**
 * Queues beside one another, for work that does not wait for the same thing: `engine` draws and converts,
 * one job at a time; `files` downloads and hashes; `text` writes. Each has its own order, its own shares
 * and its own bounds.
 */
export const LANES = ['engine', 'files', 'text'] as const;

export type Lane = (typeof LANES)[number];

/** Where a job goes whose kind does not say. */
export const DEFAULT_LANE: Lane = 'engine';
