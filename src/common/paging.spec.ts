import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import type { AppError } from './errors.js';
import { pageInfo, pageOf, pageQuery, pageWindow } from './paging.js';
import { createValidationPipe } from './validation.pipe.js';

class Fruit extends pageQuery(['name', 'size'], {
  sort_by: 'name',
  sort_order: 'asc',
  bound: 200,
}) {}

const pipe = createValidationPipe();

async function read(query: object): Promise<Fruit> {
  return (await pipe.transform(query, { type: 'query', metatype: Fruit })) as Fruit;
}

async function fieldsRefused(query: object): Promise<string[]> {
  const error = await read(query).then(
    () => undefined,
    (thrown: unknown) => thrown as AppError,
  );
  return error?.problems.map(({ field }) => field) ?? [];
}

describe('pageQuery', () => {
  it('is the first fifty in the order of the list where nothing is said', async () => {
    const query = await read({});
    expect(query).toMatchObject({ limit: 50, page: 1, sort_by: 'name', sort_order: 'asc' });
    expect(pageWindow(query)).toEqual({ skip: 0, take: 50 });
  });

  it('reads the texts of a query', async () => {
    const query = await read({ limit: '20', page: '3', sort_by: 'size', sort_order: 'desc' });
    expect(query).toMatchObject({ limit: 20, page: 3, sort_by: 'size', sort_order: 'desc' });
    expect(pageWindow(query)).toEqual({ skip: 40, take: 20 });
  });

  it('gives as many as it may for limit 0', async () => {
    expect((await read({ limit: '0' })).limit).toBe(200);
  });

  it.each([
    [{ limit: '' }, 'limit'],
    [{ limit: '-1' }, 'limit'],
    [{ limit: '201' }, 'limit'],
    [{ limit: '1.5' }, 'limit'],
    [{ limit: 'all' }, 'limit'],
    [{ limit: ['1', '2'] }, 'limit'],
    [{ page: '0' }, 'page'],
    [{ page: '1e3' }, 'page'],
    [{ page: '99999999999999999999' }, 'page'],
    [{ sort_by: 'colour' }, 'sort_by'],
    [{ sort_order: 'up' }, 'sort_order'],
    [{ offset: '5' }, 'offset'],
    [{ skip: '5' }, 'skip'],
    [{ take: '5000' }, 'take'],
  ])('refuses %j by name', async (query, field) => {
    expect(new Set(await fieldsRefused(query))).toEqual(new Set([field]));
  });
});

describe('pageInfo', () => {
  it.each([
    [0, 0],
    [1, 1],
    [20, 1],
    [21, 2],
  ])('counts the pages of %i entries', (total, pages) => {
    expect(pageInfo({ page: 2, limit: 20 }, total)).toEqual({
      total,
      page: 2,
      limit: 20,
      total_pages: pages,
    });
  });
});

describe('pageOf', () => {
  it('cuts a page out, the last one shorter, and nothing beyond', () => {
    const entries = ['a', 'b', 'c', 'd', 'e'];
    expect(pageOf(entries, { page: 2, limit: 2 })).toEqual(['c', 'd']);
    expect(pageOf(entries, { page: 3, limit: 2 })).toEqual(['e']);
    expect(pageOf(entries, { page: 4, limit: 2 })).toEqual([]);
  });
});
