import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsDate, IsInt, Max, Min } from 'class-validator';
import { LAST_SECOND, Optional } from '../common/index.js';

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 24 * 3600 * 1000;
const SECONDS = /^\d{1,12}$/;

/** Unix time in seconds, or ISO 8601; of a day alone its first or last millisecond (UTC). */
function instantOf(text: string, edge: 'first' | 'last'): Date | undefined {
  const instant = SECONDS.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(instant) || instant > LAST_SECOND * 1000) return undefined;
  return new Date(DAY.test(text) && edge === 'last' ? instant + DAY_MS - 1 : instant);
}

/** A moment in a query. @param edge which end of a day is meant when only the day is given. */
export function Moment(edge: 'first' | 'last', description: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: false,
      type: 'string',
      description: `${description} Unix seconds or ISO 8601; of a day alone its ${edge} moment.`,
      example: '2026-11-21',
    }),
    Optional(),
    Transform(({ value }): unknown =>
      typeof value === 'string' ? (instantOf(value, edge) ?? value) : value,
    ),
    IsDate({ message: '$property must be Unix seconds or an ISO 8601 date' }),
  );
}

/** `true` or `false` in a query. */
export function BooleanText(description: string): PropertyDecorator {
  const values = new Map<unknown, boolean>([
    ['true', true],
    ['false', false],
  ]);
  return applyDecorators(
    ApiProperty({ required: false, type: 'boolean', description }),
    Optional(),
    Transform(({ value }): unknown => values.get(value) ?? value),
    IsBoolean({ message: '$property must be true or false' }),
  );
}

/** A number of bytes in a query. */
export function Bytes(description: string): PropertyDecorator {
  const message = '$property must be a whole number of bytes';
  return applyDecorators(
    ApiProperty({
      required: false,
      type: 'integer',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description,
    }),
    Optional(),
    Transform(({ value }): unknown =>
      typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value,
    ),
    IsInt({ message }),
    Min(0, { message }),
    Max(Number.MAX_SAFE_INTEGER, { message }),
  );
}
