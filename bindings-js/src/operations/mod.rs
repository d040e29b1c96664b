//! Every operation of the metadata service, IAM and the VPC API.

mod call;
mod client;
