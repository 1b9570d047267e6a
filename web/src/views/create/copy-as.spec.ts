import { describe, expect, it } from 'vitest';
import { asCurl, asJavaScript, asPython, type MadeRequest } from './copy-as.js';

const REQUEST: MadeRequest = {
  origin: 'https://atelier.example:8443',
  kind: 'text2img',
  body: { prompt: `it's "red"\n$HOME`, steps: 4, hires_fix: true, skip_layers: [1, 2] },
};

describe('as curl', () => {
  it('quotes what a shell would read', () => {
    const { body } = REQUEST;
    const quoted = JSON.stringify(body).replaceAll("'", "'\\''");
    expect(asCurl(REQUEST)).toContain(`-d '${quoted}'`);
  });

  it('asks the route of its kind, with a key to be filled in', () => {
    const code = asCurl({ ...REQUEST, kind: 'upscale' });
    expect(code).toContain("SERVER='https://atelier.example:8443'");
    expect(code).toContain('"$SERVER/api/generate/upscale"');
    expect(code).toContain("KEY='YOUR_API_KEY'");
  });
});

describe('as Python', () => {
  it('writes values as Python has them', () => {
    const code = asPython(REQUEST);
    expect(code).toContain('"hires_fix": True,');
    expect(code).toContain('"skip_layers": [1, 2],');
    expect(code).toContain(`"prompt": "it's \\"red\\"\\n$HOME",`);
  });

  it('knows lists of things', () => {
    const body = { loras: [{ name: 'ink', multiplier: 0.8 }] };
    const flat = asPython({ ...REQUEST, body }).replaceAll(/\s+/g, ' ');
    expect(flat).toContain('"loras": [{ "name": "ink", "multiplier": 0.8, }]');
  });
});

describe('as JavaScript', () => {
  it('holds the request as it is', () => {
    const code = asJavaScript(REQUEST);
    const [, literal = ''] = /const request = ([^]*?);\nconst \{/.exec(code) ?? [];
    expect(JSON.parse(literal)).toEqual(REQUEST.body);
  });
});
