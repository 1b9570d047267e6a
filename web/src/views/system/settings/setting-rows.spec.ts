import { describe, expect, it } from 'vitest';
import { settingSections } from './setting-rows.js';

const DEFAULT = { source: 'default', name: null } as const;
const CONFIG = {
  server: {
    port: { value: 8080, source: 'environment', name: 'ATELIER_PORT', doc: 'TCP port.' },
    verbose: { ...DEFAULT, value: false, doc: 'More in the log.' },
    cors_origins: { ...DEFAULT, value: [], doc: 'Origins.' },
  },
  auth: { methods: { ...DEFAULT, value: ['jwt', 'api-key'], doc: 'Ways to log in.' } },
} as const;

describe('settingSections', () => {
  it('writes values as people read them', () => {
    const values = settingSections(CONFIG as never, '').flatMap(({ rows }) =>
      rows.map(({ name, value }) => [name, value]),
    );
    expect(values).toEqual([
      ['server.port', '8080'],
      ['server.verbose', 'no'],
      ['server.cors_origins', 'none'],
      ['auth.methods', 'jwt, api-key'],
    ]);
  });

  it('finds by name, value, origin and sentence, and leaves empty sections out', () => {
    const found = (search: string): string[] =>
      settingSections(CONFIG as never, search).flatMap(({ rows }) => rows.map(({ name }) => name));
    expect(found('ATELIER_port')).toEqual(['server.port']);
    expect(found('log')).toEqual(['server.verbose', 'auth.methods']);
    expect(found('log default api')).toEqual(['auth.methods']);
    expect(settingSections(CONFIG as never, 'nothing like it')).toEqual([]);
  });
});
