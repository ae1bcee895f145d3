namespace PartnerPlatform.Gateway.Model;

/// <summary>A service account that someone outside logs in as.</summary>
public readonly record struct LinkedAccount(VirtualClusterHandle VirtualCluster, string Name);
