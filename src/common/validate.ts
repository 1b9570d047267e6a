import { Transform } from 'class-transformer';
import { ValidateBy, ValidateIf } from 'class-validator';

/** A field that may be left out. Unlike class-validator's `IsOptional`, it may not be null instead. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** The end of the year 9999, in Unix seconds. */
export const LAST_SECOND = 253_402_300_799;

function isInstant(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LAST_SECOND;
}

/** A moment as Unix time in whole seconds: a number in a body, its digits in a query. */
export function Instant(): PropertyDecorator {
  const read = Transform(({ value }): unknown => {
    return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
  });
  const check = ValidateBy({
    name: 'isInstant',
    validator: {
      validate: isInstant,
      defaultMessage: () => '$property must be a Unix time in whole seconds',
    },
  });
  return (target, property) => {
    read(target, property);
    check(target, property);
  };
}
