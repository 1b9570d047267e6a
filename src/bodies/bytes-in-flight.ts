import { addressRange } from '../auth/index.js';
import { BodiesInFlightError } from './body-errors.js';

/** What one request has sent so far. */
export interface Flight {
  /** @throws BodiesInFlightError */
  add(bytes: number): void;
  /** The body has arrived, or never will. */
  end(): void;
}

/** Bytes of bodies that are being received, of each address and of all: memory that nobody has paid for yet. */
export class BytesInFlight {
  private readonly byAddress = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly perAddress: number,
    private readonly inAll: number,
  ) {}

  get bytes(): number {
    return this.total;
  }

  begin(address: string): Flight {
    const group = addressRange(address);
    let own = 0;
    return {
      add: (bytes) => {
        const before = this.byAddress.get(group) ?? 0;
        if (before + bytes > this.perAddress) throw new BodiesInFlightError('address');
        if (this.total + bytes > this.inAll) throw new BodiesInFlightError('all');
        own += bytes;
        this.total += bytes;
        this.byAddress.set(group, before + bytes);
      },
      end: () => {
        const left = (this.byAddress.get(group) ?? 0) - own;
        this.total -= own;
        own = 0;
        if (left > 0) this.byAddress.set(group, left);
        else this.byAddress.delete(group);
      },
    };
  }
}
