import { ValidateBy } from 'class-validator';
import { isNetwork } from '../allowed-networks.js';

/** Each item is an IP address or a CIDR range. */
export function AreNetworks(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'areNetworks',
      validator: {
        validate: (value) => typeof value === 'string' && value.length <= 64 && isNetwork(value),
        defaultMessage: () => 'each value in $property must be an IP address or a CIDR range',
      },
    },
    { each: true },
  );
}
