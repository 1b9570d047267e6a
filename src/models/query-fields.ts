import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsDate, IsOptional } from 'class-validator';

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 24 * 3600 * 1000;

/** Unix time in seconds, or ISO 8601; of a day alone its first or last millisecond (UTC). */
function instantOf(text: string, edge: 'first' | 'last'): Date | undefined {
  const seconds = /^\d{1,11}(\.\d{1,3})?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(seconds)) return undefined;
  return new Date(DAY.test(text) && edge === 'last' ? seconds + DAY_MS - 1 : seconds);
}

/** A moment in a query. @param edge which end of a day is meant when only the day is given. */
export function Instant(edge: 'first' | 'last'): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    Transform(({ value }) =>
      typeof value === 'string' ? (instantOf(value, edge) ?? value) : value,
    ),
    IsDate({ message: ({ property }) => `${property} must be Unix seconds or an ISO 8601 date` }),
  );
}

/** `true` or `false` in a query. */
export function BooleanText(): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    Transform(({ value }) =>
      value === 'true' ? true : value === 'false' ? false : (value as unknown),
    ),
    IsBoolean({ message: ({ property }) => `${property} must be true or false` }),
  );
}
