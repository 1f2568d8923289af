import type { InvokeRequest, InvokeResult } from '../lambda/invocation.ts';
import type { LocalFunction } from '../lambda/local-function.ts';
import type { FunctionPlan, SchedulePlan, StackPlan } from '../template/plan.ts';
import { StackError } from './errors.ts';
import type { ServiceCalls } from './service-calls.ts';

export interface InvocationsOptions {
  readonly plan: Pick<StackPlan, 'functions'>;
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly calls: ServiceCalls;
}

/** What API Gateway makes of a refused invocation is 500, as of any error of a function. */
const REFUSED: InvokeResult = {
  kind: 'function-error',
  requestId: '',
  errorType: 'AccessDeniedException',
  errorMessage: 'API Gateway may not invoke this function.',
  payload: '{}',
};

/** How services reach functions: by the rights that the template gives them, or not at all. */
export class Invocations {
  private readonly options: InvocationsOptions;

  constructor(options: InvocationsOptions) {
    this.options = options;
  }

  /** Pollers belong to Lambda and need no right to invoke. */
  async byQueue(functionName: string, request: InvokeRequest): Promise<InvokeResult> {
    return this.begin(functionName).invoke(request);
  }

  async byApi(functionName: string, request: InvokeRequest, routeKey: string): Promise<InvokeResult> {
    const { calls } = this.options;
    if (calls.invokeByApi(this.find(functionName).plan, routeKey) !== undefined) return REFUSED;
    return this.begin(functionName).invoke(request);
  }

  /** A tick that is refused is lost, as on AWS where nobody keeps dead ticks. */
  bySchedule(schedule: SchedulePlan, request: InvokeRequest): void {
    const { calls } = this.options;
    if (calls.invokeBySchedule(schedule, this.find(schedule.functionName).plan) !== undefined) return;
    this.begin(schedule.functionName).invokeAsync(request);
  }

  private begin(functionName: string): LocalFunction {
    const { target, plan } = this.find(functionName);
    this.options.calls.writeLog(plan);
    return target;
  }

  private find(functionName: string): { readonly target: LocalFunction; readonly plan: FunctionPlan } {
    const target = this.options.functions.get(functionName);
    const plan = this.options.plan.functions.find(({ name }) => name === functionName);
    if (target !== undefined && plan !== undefined) return { target, plan };
    throw new StackError(
      'template-incomplete',
      `Expected the template to hold the function ${functionName}, which it invokes.`,
    );
  }
}
