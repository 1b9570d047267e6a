import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });

// A page would fetch a picture from wherever a misled model says.
markdown.disable('image');

const RULES = markdown.renderer.rules;

RULES['link_open'] = (tokens, at, options, _env, self) => {
  tokens[at]?.attrSet('target', '_blank');
  tokens[at]?.attrSet('rel', 'noopener noreferrer');
  return self.renderToken(tokens, at, options);
};

// Headings of an answer are none of the page.
RULES['heading_open'] = () => '<p class="heading">';
RULES['heading_close'] = () => '</p>\n';

/** What a language model said as HTML in which nothing runs, and which fetches nothing. */
export function toHtml(text: string): string {
  return markdown.render(text);
}
