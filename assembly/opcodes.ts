/** Which function an activation kernel computes. The numbers are part of the ABI. */
export enum Activation {
  Tanh = 0,
  Relu = 1,
  Identity = 2,
  Sigmoid = 3,
  Softplus = 4,
  Sin = 5,
  SmoothRelu = 6,
}
