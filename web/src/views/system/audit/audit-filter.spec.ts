import { describe, expect, it } from 'vitest';
import {
  actionWords,
  auditQuery,
  detailsText,
  NO_FILTER,
  PAGE_SIZE,
  targetName,
} from './audit-filter.js';

describe('the filter of the audit log', () => {
  it('asks for nothing in particular where nothing is narrowed', () => {
    expect(auditQuery(NO_FILTER)).toEqual({ limit: PAGE_SIZE, page: 1 });
  });

  it('takes both days whole', () => {
    const filter = { ...NO_FILTER, action: 'login', actor: ' ada ', from: '2026-01-30' };
    const asked = auditQuery({ ...filter, to: '2026-01-30', page: 2 });
    expect(asked).toMatchObject({ action: 'login', actor: 'ada', page: 2 });
    expect(asked.to! - asked.from!).toBe(86_400 - 1);
  });
});

describe('an entry', () => {
  it('is told in words', () => {
    expect(actionWords('session.revoked_others')).toBe('Session revoked others');
    expect(detailsText({ details: { disabled: true, scopes: ['a', 'b'] } })).toBe(
      'disabled: true; scopes: a, b',
    );
    expect(targetName({ type: 'user', id: '5f0d2c1e-93a4', name: 'ada' })).toBe('ada');
    expect(targetName({ type: 'session', id: '5f0d2c1e-93a4', name: null })).toBe('5f0d2c1e');
    expect(detailsText({ details: null })).toBe('');
  });
});
