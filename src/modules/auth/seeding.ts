import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { RoleSeeds } from '../roles/role-seeds.js';
import { FirstAdministrator } from './first-administrator.js';

/** What a new database must hold before the API is ready. One task, because the second part needs the first. */
@Injectable()
export class Seeding implements OnModuleInit {
  constructor(
    private readonly database: DatabaseConnection,
    private readonly roles: RoleSeeds,
    private readonly firstAdministrator: FirstAdministrator,
  ) {}

  onModuleInit(): void {
    this.database.whenPrepared('seeding roles and the first administrator', async () => {
      await this.roles.run();
      await this.firstAdministrator.seed();
    });
  }
}
