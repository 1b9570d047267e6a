import { ValidationPipe, type ValidationError as ClassValidatorError } from '@nestjs/common';
import { ValidationError, type FieldProblem } from './errors.js';

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function problemsOf(error: ClassValidatorError, parent: string): FieldProblem[] {
  const field = parent ? `${parent}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message:
      rule === 'whitelistValidation' ? `There is no field "${field}" here.` : sentence(message),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, field))];
}

/** Checks request bodies and queries against their DTO class; an unknown field is an error, not dropped. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    exceptionFactory: (errors) =>
      new ValidationError(errors.flatMap((error) => problemsOf(error, ''))),
  });
}
