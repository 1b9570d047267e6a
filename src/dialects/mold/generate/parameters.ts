/** What a job of the core says of its request, as far as this API tells of it. */
export interface GenerationRequest {
  model: { id: string; name: string };
  /** By the names of the core's options. */
  options: Record<string, unknown>;
}
