/** The receiver could not be reached, or answered that it may work later. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code = 'delivery-failed';
}

/** Every address that the host has, or the one that was connected to, is one that webhooks must not reach. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  readonly code = 'address-refused';
}

/** The secret may be there, but it cannot be read now. */
export class SecretUnavailableError extends Error {
  override readonly name = 'SecretUnavailableError';
  readonly code = 'secret-unavailable';
}
