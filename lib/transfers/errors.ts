import { conflict, DomainError, invalid } from '@/lib/core/errors'

/** Alike for an id that nobody has and for one of a person. */
export function businessUnknown(): DomainError {
  return invalid('businessId', 'business-unknown', 'No business has this id. Ask one of its owners for it.')
}

export function businessSame(): DomainError {
  return invalid('businessId', 'business-same', 'The application belongs to this business already.')
}

export function transferUnderWay(): DomainError {
  return conflict('transfer-under-way', 'This application is offered to a business already. Cancel that first.')
}

export function transferOver(detail: string): DomainError {
  return new DomainError('gone', 'transfer-over', 'This transfer is not open any more.', { detail })
}
