import { Injectable } from '@nestjs/common';

/** How much mail anybody may cause for one recipient. What is over it is dropped in silence. */
@Injectable()
export class MailBudget {
  /** Whether one more mail may go to the address; asked once for each, outside of any transaction. */
  async admits(_recipient: string): Promise<boolean> {
    return true;
  }
}
