import { describe, expect, it } from 'vitest';
import { toHtml } from './markdown.js';

describe('toHtml', () => {
  it('shows HTML instead of letting it be some', () => {
    expect(toHtml('<img src=x onerror=alert(1)>')).toBe(
      '<p>&lt;img src=x onerror=alert(1)&gt;</p>\n',
    );
  });

  it('fetches no picture', () => {
    const html = toHtml('![a cat](https://elsewhere.example/cat.png)');
    expect(html).not.toContain('<img');
    expect(html).toContain('href="https://elsewhere.example/cat.png"');
  });

  it('opens links elsewhere, and tells nothing of where they stood', () => {
    expect(toHtml('[a](https://x.example)')).toBe(
      '<p><a href="https://x.example" target="_blank" rel="noopener noreferrer">a</a></p>\n',
    );
  });

  it('makes no link of a program', () => {
    expect(toHtml('[a](javascript:alert(1))')).not.toContain('<a');
  });

  it('has lists and code, and no headings of the page', () => {
    expect(toHtml('# A\n\n- `b`')).toBe(
      '<p class="heading">A</p>\n<ul>\n<li><code>b</code></li>\n</ul>\n',
    );
  });
});
