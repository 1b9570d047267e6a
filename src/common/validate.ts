import { Transform } from 'class-transformer';
import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/** A field that may be left out. Unlike class-validator's `IsOptional`, it may not be null instead. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** The end of the year 9999, in Unix seconds. */
export const LAST_SECOND = 253_402_300_799;

/** A moment as Unix time in whole seconds: a number in a body, its digits in a query. */
export function Instant(): PropertyDecorator {
  const message = '$property must be a Unix time in whole seconds';
  const rules = [
    Transform(({ value }): unknown => {
      return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
    }),
    IsInt({ message }),
    Min(0, { message }),
    Max(LAST_SECOND, { message }),
  ];
  return (target, property) => {
    for (const rule of rules) rule(target, property);
  };
}
