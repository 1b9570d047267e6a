import { UsersAndSessions1763700000000 } from './1763700000000-users-and-sessions.js';
import { Jobs1763700001000 } from './1763700001000-jobs.js';
import { AccountOrigins1763700002000 } from './1763700002000-account-origins.js';
import { ApiKeys1763700002100 } from './1763700002100-api-keys.js';
import { AuditLog1763700002200 } from './1763700002200-audit-log.js';
import { DelegatingKeys1763700002300 } from './1763700002300-delegating-keys.js';
import { FirstPassword1763700002400 } from './1763700002400-first-password.js';
import { ModelFiles1763700003000 } from './1763700003000-model-files.js';
import { TensorHashes1763700003100 } from './1763700003100-tensor-hashes.js';
import { Queue1763700004000 } from './1763700004000-queue.js';
import { IdempotencyKeys1763700004100 } from './1763700004100-idempotency-keys.js';
import { JobLanes1763700004200 } from './1763700004200-job-lanes.js';
import { RecycleBin1763700004300 } from './1763700004300-recycle-bin.js';
import { JobMemory1763700004500 } from './1763700004500-job-memory.js';
import { Settings1763700005000 } from './1763700005000-settings.js';
import { Text1763700005100 } from './1763700005100-text.js';
import { JobOutputs1763700006700 } from './1763700006700-job-outputs.js';
import { UploadBytes1764500040000 } from './1764500040000-upload-bytes.js';
import { DerivedKeys1764500060000 } from './1764500060000-derived-keys.js';
import { AttemptsApart1764500070000 } from './1764500070000-attempts-apart.js';
import { InputsExpired1764500080000 } from './1764500080000-inputs-expired.js';

/** Every change of the database, oldest first; a change that was published is never edited. */
export const MIGRATIONS = [
  UsersAndSessions1763700000000,
  Jobs1763700001000,
  AccountOrigins1763700002000,
  ApiKeys1763700002100,
  AuditLog1763700002200,
  DelegatingKeys1763700002300,
  FirstPassword1763700002400,
  ModelFiles1763700003000,
  TensorHashes1763700003100,
  Queue1763700004000,
  IdempotencyKeys1763700004100,
  JobLanes1763700004200,
  RecycleBin1763700004300,
  JobMemory1763700004500,
  Settings1763700005000,
  Text1763700005100,
  JobOutputs1763700006700,
  UploadBytes1764500040000,
  DerivedKeys1764500060000,
  AttemptsApart1764500070000,
  InputsExpired1764500080000,
];
